// Runs a program of test/ (the bench, the simulator, the screenshots): installs what tests need, builds the product, then starts it.

import '../src/bootstrap/node-version.mjs'
import { spawn } from 'node:child_process'
import { ensureBuilt } from '../src/bootstrap/build.mjs'
import { ensureInstalled, projectFolder } from '../src/bootstrap/install.mjs'
import { ensureSystemPrograms } from './system-programs.mjs'

const [program, ...args] = process.argv.slice(2)
await ensureInstalled({ withDev: true })
await ensureBuilt()
await ensureSystemPrograms()
const loader = program.endsWith('.ts') ? ['--expose-gc', '--import', 'tsx'] : []
const child = spawn(process.execPath, [...loader, program, ...args], { cwd: projectFolder, stdio: 'inherit' })
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal))
child.on('close', (code) => process.exit(code ?? 1))
