import { readFileSync } from 'node:fs'
import { breachNotice as sendNotice, type NoticeAudience, type NoticeCounts } from '../compose.ts'
import { ThroughlineError } from '../errors/throughline-error.ts'
import { textOption, type Command, type OptionValues } from './command.ts'

const tellEvery = 25

export const breachNotice: Command = {
  summary: 'mails people the notice of a breach from a template, one mail each; look with --dry-run, send with --confirm',
  options: {
    template: { type: 'string', value: '<file>', doc: 'first line "Subject: …", an empty line, the text; {name} {address} {date} {space}' },
    all: { type: 'boolean', doc: 'to everybody this installation knows' },
    space: { type: 'string', value: '<id>', doc: 'to the people of one space and those invited there' },
    email: { type: 'string', value: '<a,b>', doc: 'to these addresses' },
    'dry-run': { type: 'boolean', doc: 'shows how many and one sample; sends nothing' },
    confirm: { type: 'boolean', doc: 'sends' },
    'again-unclear': { type: 'boolean', doc: 'also to those who may have got it when an earlier run broke off' },
    json: { type: 'boolean', doc: 'as JSON' },
  },
  async run({ config, print, tell, stop, clock }, values) {
    const audience = readAudience(values)
    const template = readTemplate(values)
    const isDry = values['dry-run'] === true
    if (isDry === (values['confirm'] === true))
      throw new ThroughlineError('USAGE', 'Look at it first with --dry-run; then send it with --confirm.')
    let told = 0
    const onProgress = (counts: NoticeCounts) => {
      const done = counts.people - counts.left
      if (done - told < tellEvery && done < counts.people) return
      told = done
      tell(`${done} of ${counts.people} …`)
    }
    const send = { isUnclearAgain: values['again-unclear'] === true, onProgress, stop }
    const report = await sendNotice(config(), { template, audience, ...(isDry ? {} : { send }) }, { clock })
    const { people, sample, counts } = report
    if (values['json'] === true) print(JSON.stringify(counts ?? { people, sample }, null, 2))
    else if (counts === undefined || sample === undefined) {
      print(people === 1 ? 'It is for 1 person.' : `It is for ${people} people.`)
      if (sample !== undefined) for (const line of ['', `To: ${sample.to}`, `Subject: ${sample.subject}`, '', sample.text]) print(line)
    } else for (const line of wordsOf(counts)) print(line)
    if (counts !== undefined && counts.left > 0)
      throw new ThroughlineError('OUTBOUND_FAILED', 'Some were not told yet; run the same command again, nobody gets it twice.')
  },
}

function wordsOf({ people, sent, before, refused, unclear, left }: NoticeCounts): string[] {
  return [
    `${sent} of ${people} mails were sent now, ${before} before.`,
    ...(refused > 0 ? [`The mail server refused ${refused} for good; tell these people another way.`] : []),
    ...(unclear > 0 ? [`${unclear} may have got it when a run broke off; --again-unclear sends it to them once more.`] : []),
    ...(left > 0 ? [`${left} are left.`] : []),
  ]
}

function readAudience(values: OptionValues): NoticeAudience {
  const [spaceId, list] = [textOption(values, 'space'), textOption(values, 'email')]
  const chosen: NoticeAudience[] = [
    ...(values['all'] === true ? [{ is: 'all' } as const] : []),
    ...(spaceId === undefined ? [] : [{ is: 'space', spaceId } as const]),
    ...(list === undefined ? [] : [{ is: 'list', addresses: list.split(/[\s,;]+/).filter((each) => each !== '') } as const]),
  ]
  const [audience] = chosen
  if (audience === undefined || chosen.length > 1)
    throw new ThroughlineError('USAGE', 'Say whom it is for: --all, --space <id>, or --email <addresses>.')
  return audience
}

function readTemplate(values: OptionValues): string {
  const file = textOption(values, 'template')
  if (file === undefined) throw new ThroughlineError('USAGE', 'Say which text is sent: --template <file>.')
  try {
    return readFileSync(file, 'utf8')
  } catch (cause) {
    throw new ThroughlineError('USAGE', `The template ${file} cannot be read.`, { cause })
  }
}
