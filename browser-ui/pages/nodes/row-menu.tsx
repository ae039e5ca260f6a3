import { DropdownMenu } from 'radix-ui'
import { useLocation } from 'wouter'
import type { NodeSummary } from '../../link/api.ts'
import { keepMovedFocus } from '../../ui/overlays/focus-return.ts'
import { icons } from '../../ui/look/icons.tsx'
import { copyText } from '../../ui/copy-text.ts'

/** What can be done with one node of the list. `onRemove` is undefined for those who may not. */
export function RowMenu({ node, onRemove }: { readonly node: NodeSummary; readonly onRemove: ((node: NodeSummary) => void) | undefined }) {
  const [, navigate] = useLocation()
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger className="icon-button" aria-label={`More of ${node.hostname}`}>
        {icons.more}
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content className="menu" align="end" sideOffset={4} collisionPadding={8} onCloseAutoFocus={keepMovedFocus}>
          <DropdownMenu.Item className="menu-item" onSelect={() => navigate(`/nodes/${node.nodeId}`)}>
            {icons.server} Open
          </DropdownMenu.Item>
          <DropdownMenu.Item className="menu-item" onSelect={() => navigate(`/metrics?nodes=${node.nodeId}`)}>
            {icons.chart} Metrics
          </DropdownMenu.Item>
          {node.hasFunctions === true ? (
            <DropdownMenu.Item className="menu-item" onSelect={() => navigate(`/functions?node=${node.nodeId}`)}>
              {icons.bolt} Live functions
            </DropdownMenu.Item>
          ) : null}
          <DropdownMenu.Item className="menu-item" onSelect={() => copyText(node.nodeId, 'The node id is on the clipboard.')}>
            {icons.copy} Copy node id
          </DropdownMenu.Item>
          {onRemove === undefined ? null : (
            <>
              <DropdownMenu.Separator className="menu-line" />
              <DropdownMenu.Item className="menu-item" onSelect={() => onRemove(node)}>
                {icons.close} Remove…
              </DropdownMenu.Item>
            </>
          )}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  )
}
