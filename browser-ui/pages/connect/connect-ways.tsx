import { Tabs } from 'radix-ui'
import type { ClaimTokenOffer } from '../../link/api.ts'
import { Command } from '../../ui/look/parts.tsx'

/** The ways to use a claim token, one for each kind of agent. */
export function ConnectWays({ ways }: { readonly ways: ClaimTokenOffer['ways'] }) {
  return (
    <Tabs.Root defaultValue={ways[0]?.id ?? ''} className="tabs">
      <Tabs.List className="tab-list" aria-label="Kind of agent">
        {ways.map((way) => (
          <Tabs.Trigger key={way.id} value={way.id} className="tab">
            {way.title}
          </Tabs.Trigger>
        ))}
      </Tabs.List>
      {ways.map((way) => (
        <Tabs.Content key={way.id} value={way.id} className="tab-content">
          {way.note === undefined ? null : <p className="way-note">{way.note}</p>}
          <ol className="way-steps">
            {way.steps.map((step, index) => (
              <li key={index}>
                <p>{step.text}</p>
                {step.command === undefined ? null : <Command text={step.command} />}
              </li>
            ))}
          </ol>
        </Tabs.Content>
      ))}
    </Tabs.Root>
  )
}
