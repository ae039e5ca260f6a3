const quotaWords: Readonly<Record<string, string>> = {
  members: 'People',
  rooms: 'Rooms besides “All nodes”',
  nodes: 'Nodes with an agent of their own',
  claimTokens: 'Claim tokens at the same time',
  channels: 'Notification channels',
}

/** What the plan of the space bounds. */
export function QuotaList({ quotas, plan }: { readonly quotas: Readonly<Record<string, number | null>>; readonly plan: string }) {
  return (
    <section className="card settings-card" aria-labelledby="plan-title">
      <h2 id="plan-title">Plan: {plan}</h2>
      <dl className="settings-facts">
        {Object.entries(quotas).map(([name, most]) => (
          <div key={name} className="settings-pair">
            <dt>{quotaWords[name] ?? name}</dt>
            <dd>{most === null ? 'As many as you like' : `At most ${most}`}</dd>
          </div>
        ))}
      </dl>
    </section>
  )
}
