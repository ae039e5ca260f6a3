import { whoMay } from '../../data/people/who-may.ts'
import { icons } from '../look/icons.tsx'
import { useRoles } from '../spaces/space-details.ts'
import './who-may-change.css'

/** Tells somebody who may only look who may change things, from the cloud's own table. */
export function WhoMayChange({ permission }: { readonly permission: string }) {
  const roles = useRoles().data
  return (
    <p className="settings-who">
      {icons.lock}
      <span>
        {roles === undefined
          ? 'You may look here, and change nothing.'
          : `You may look here. ${capital(whoMay(roles, permission))} may change it.`}
      </span>
    </p>
  )
}

const capital = (text: string) => `${text.charAt(0).toUpperCase()}${text.slice(1)}`
