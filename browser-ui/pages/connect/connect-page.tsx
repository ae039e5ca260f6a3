import { useTitle } from '../../ui/hooks.ts'
import { ConnectPanel } from './connect-panel.tsx'

/** How a host joins, as a page of its own. */
export function ConnectPage() {
  useTitle('Connect a node')
  return (
    <div className="connect-page">
      <div className="page-head">
        <div>
          <h1>Connect a node</h1>
          <p className="page-sub">One claim token, one command on the host. Its metrics start to pass through at once.</p>
        </div>
      </div>
      <div className="card connect-card">
        <ConnectPanel />
      </div>
    </div>
  )
}
