import { roleWords } from '../../data/people/role-words.ts'
import { useTitle } from '../../ui/hooks.ts'
import { CopyButton } from '../../ui/parts.tsx'
import { useSpace } from '../../ui/space.ts'

/** What the space is, and the person in it. */
export function SpaceSection() {
  useTitle('Space settings')
  const { spaceId, name, role } = useSpace()
  return (
    <>
      <h1 className="settings-title">{name}</h1>
      <section className="card settings-card" aria-label="About this space">
        <dl className="settings-facts">
          <dt>Your role</dt>
          <dd>{roleWords[role].title}</dd>
          <dt>Space id</dt>
          <dd>
            <code>{spaceId}</code> <CopyButton text={spaceId} label="Copy the space id" />
          </dd>
        </dl>
      </section>
    </>
  )
}
