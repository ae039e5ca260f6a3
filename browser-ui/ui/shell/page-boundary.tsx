import { Component, type ReactNode } from 'react'
import { Failure } from '../look/parts.tsx'

/** Shows that a page failed, in its place; the rest of the screen stays. Give it a `key` that changes with the page. */
export class PageBoundary extends Component<{ readonly children: ReactNode }, { readonly error: unknown }> {
  override state = { error: undefined as unknown }

  static getDerivedStateFromError(error: unknown) {
    return { error }
  }

  override render(): ReactNode {
    if (this.state.error === undefined) return this.props.children
    const reason = new Error('Something in it failed, or a part of it could not be loaded. Other pages work on.')
    return <Failure title="This page cannot be shown" error={reason} onRetry={() => window.location.reload()} />
  }
}
