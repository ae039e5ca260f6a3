import type { KernelFiles } from '../../../agent-link/sources/host/kernel/files.ts'

/** The kernel's files as texts a test can change; a path that is missing cannot be read. */
export function createFakeKernel(texts: Record<string, string>): KernelFiles & { texts: Record<string, string> } {
  const read = (path: string): string | undefined => texts[path]
  return { texts, read, readOnce: read, exists: (path) => path in texts, close: () => undefined }
}
