// The suites that run the product as its user does need it built first.

import { ensureBuilt } from '../../src/bootstrap/build.mjs'

export const setup = ensureBuilt
