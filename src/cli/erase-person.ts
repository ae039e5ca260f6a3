import { findPerson } from '../compose.ts'
import { ThroughlineError } from '../errors/throughline-error.ts'
import { askCloud } from './ask-cloud.ts'
import { textOption, type Command } from './command.ts'

export const erasePerson: Command = {
  summary: 'erases somebody who asked for it by letter, as they could in their profile; the address is typed twice',
  options: {
    email: { type: 'string', value: '<address>', doc: 'whose account' },
    confirm: { type: 'string', value: '<address>', doc: 'the same address once more' },
    json: { type: 'boolean', doc: 'as JSON' },
  },
  async run({ config: read, clock, print }, values) {
    const [email, confirm] = [textOption(values, 'email'), textOption(values, 'confirm')]
    if (email === undefined || email !== confirm)
      throw new ThroughlineError('USAGE', 'This cannot be undone: type the address twice, --email <address> --confirm <address>.')
    const config = read()
    const personId = await findPerson(config, email, { clock })
    // The running cloud does it, because it has sessions and links of theirs to cut.
    const answer = await askCloud(config, clock, `/api/throughline/v1/people/${personId}`, 'DELETE')
    if (answer === undefined)
      throw new ThroughlineError('CLOUD_UNREACHABLE', 'The cloud does not run here; start it with npx throughline up.')
    const { statusHref } = answer as { readonly statusHref: string }
    if (values['json'] === true) print(JSON.stringify(answer))
    else
      print(
        `The erasure has begun. Its steps and its certificate, without a sign-in, for 30 days: ${config.publicUrl}/erased#${statusHref.split('/').at(-1)}`,
      )
  },
}
