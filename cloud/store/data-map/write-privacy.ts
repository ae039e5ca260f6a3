import { writeFileSync } from 'node:fs'
import { privacyPage } from './privacy-page.ts'

// `npm run generate` has prettier set it afterwards.
writeFileSync(new URL('../../../PRIVACY.md', import.meta.url), privacyPage())
