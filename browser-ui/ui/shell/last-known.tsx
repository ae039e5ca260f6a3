import { useSyncExternalStore } from 'react'
import { freshness } from '../../offline/page-freshness.ts'
import { useTimeFormat } from '../hooks.ts'
import { icons } from '../look/icons.tsx'

/** Says that the cloud is away, and from when what one sees is; nothing while it answers. */
export function LastKnown() {
  const { isLost, asOfMs } = useSyncExternalStore(freshness.subscribe, freshness.current)
  const format = useTimeFormat()
  return (
    <div role="status" className="last-known-place">
      {!isLost ? null : (
        <p className="banner is-warning last-known">
          {icons.offline}
          <span>
            <strong>The cloud cannot be reached.</strong>{' '}
            {asOfMs === undefined
              ? 'Nothing on this page renews until it answers.'
              : `This is what was known at ${format.moment(asOfMs / 1000, Date.now() / 1000, false)}. Live values are never kept, so there are none.`}
          </span>
        </p>
      )}
    </div>
  )
}
