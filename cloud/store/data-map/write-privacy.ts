import { writeFileSync } from 'node:fs'
import { format } from 'prettier'
import { privacyPage } from './privacy-page.ts'

const page = new URL('../../../PRIVACY.md', import.meta.url)
writeFileSync(page, await format(privacyPage(), { parser: 'markdown', printWidth: 140 }))
