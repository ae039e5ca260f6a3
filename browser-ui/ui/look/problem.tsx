import { icons } from './icons.tsx'

/** What went wrong with the last attempt, in the cloud's words. */
export function Problem({ error }: { readonly error: Error | null }) {
  if (error === null) return null
  return (
    <p className="form-error" role="alert">
      {icons.warning} <span>{error.message}</span>
    </p>
  )
}
