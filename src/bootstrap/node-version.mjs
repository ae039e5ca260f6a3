// Plain JavaScript that an old Node.js can still read: it only has to say, in one sentence, that it is too old.

const needed = [20, 19]
const found = process.versions.node.split('.').map(Number)

if (found[0] < needed[0] || (found[0] === needed[0] && found[1] < needed[1])) {
  process.stderr.write(
    'Throughline needs Node.js ' +
      needed.join('.') +
      ' or newer and this is ' +
      process.versions.node +
      '; install a newer Node.js and run the same command again.\n',
  )
  process.exit(1)
}
