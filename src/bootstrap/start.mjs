// `npm start`: the same as `npx throughline up`.

process.argv.splice(2, 0, 'up')
await import('./throughline.mjs')
