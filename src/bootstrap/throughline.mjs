#!/usr/bin/env node
// `npx throughline …`: installs and builds what is missing, then runs the command line.

import './node-version.mjs'
import { ensureBuilt } from './build.mjs'
import { ensureInstalled } from './install.mjs'

process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true'
await ensureInstalled({ withDev: false })
await ensureBuilt()
const { main } = await import(new URL('../../dist/src/main.js', import.meta.url).href)
await main(process.argv.slice(2))
