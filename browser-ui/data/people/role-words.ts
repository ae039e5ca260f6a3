import type { Role } from '../../../src/domain/model.ts'

/** What each role is called, and whom it is for. What it may do comes from the cloud's own table. */
export const roleWords: Readonly<Record<Role, { readonly title: string; readonly for: string }>> = {
  admin: { title: 'Admin', for: 'Runs the space: its people, nodes, tokens and settings.' },
  manager: { title: 'Manager', for: 'Looks after people and rooms, and sees every node.' },
  troubleshooter: { title: 'Troubleshooter', for: 'Finds out what is wrong on the nodes of their rooms.' },
  observer: { title: 'Observer', for: 'Watches the nodes of their rooms and changes nothing.' },
  billing: { title: 'Billing', for: 'Looks after the plan and the bill, and sees no node.' },
  member: { title: 'Member', for: 'Sees the nodes of their rooms, and no more.' },
}
