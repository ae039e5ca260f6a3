import { permissionWords } from '../../../data/people/permission-words.ts'
import { roleWords } from '../../../data/people/role-words.ts'
import { icons } from '../../../ui/look/icons.tsx'
import { useRoles } from '../../../ui/spaces/space-details.ts'

/** What each role may do, from the cloud's own table. */
export function RoleTable() {
  const roles = useRoles().data
  if (roles === undefined) return null
  const told = Object.entries(permissionWords).filter(([name]) => roles.some(({ permissions }) => permissions.includes(name)))
  return (
    <details className="card role-table">
      <summary>What each role may do</summary>
      <dl className="role-list">
        {roles.map(({ role }) => (
          <div key={role}>
            <dt>{roleWords[role].title}</dt>
            <dd>{roleWords[role].for}</dd>
          </div>
        ))}
      </dl>
      <div className="role-scroll" tabIndex={0} role="region" aria-label="Table of roles">
        <table>
          <thead>
            <tr>
              <th scope="col">May</th>
              {roles.map(({ role }) => (
                <th key={role} scope="col">
                  {roleWords[role].title}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {told.map(([name, words]) => (
              <tr key={name}>
                <th scope="row">{words}</th>
                {roles.map(({ role, permissions }) => (
                  <td key={role}>
                    {permissions.includes(name) ? (
                      <>
                        {icons.check}
                        <span className="visually-hidden">Yes</span>
                      </>
                    ) : (
                      <span className="role-no" aria-label="No">
                        –
                      </span>
                    )}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  )
}
