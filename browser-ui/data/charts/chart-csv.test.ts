import { expect, it } from 'vitest'
import { csvField } from '../../../src/support/csv.ts'
import { chartCsv, fileNameOf } from './chart-csv.ts'

it('[CX11] a chart becomes a CSV file of RFC 4180 with both times, units, unscaled numbers and empty gaps', () => {
  const frame = {
    timesS: [1, 2],
    series: [
      { dimensionId: 'in', name: 'in, all', values: [1234.5, null] },
      { dimensionId: 'out', name: 'say "out"\r\nnow', values: [-3, 0] },
    ],
  }
  expect(chartCsv(frame, 'KiB/s', (timeS) => new Date(timeS * 1000).toISOString())).toBe(
    'time,epoch_s,"in, all (KiB/s)","say ""out""\r\nnow (KiB/s)"\r\n' +
      '1970-01-01T00:00:01.000Z,1,1234.5,-3\r\n' +
      '1970-01-01T00:00:02.000Z,2,,0\r\n',
  )
})

it.each(['=1+1', '+1', '-1', '@SUM(A1)', '\tx', '\rx'])('[CX11] (U1) a spreadsheet does not run a name such as %j', (name) => {
  expect(csvField(name).replace(/^"/u, '')).toMatch(/^'/u)
})

it('[CX11] a file is named for its context and time, whatever the agent called it', () => {
  expect(fileNameOf('disk.io', '2025-01-02T03:04:05+01:00', 'csv')).toBe('disk.io_2025-01-02T03-04-05-01-00.csv')
  expect(fileNameOf('../../etc/passwd\u202e', 'x', 'png')).toBe('..-..-etc-passwd-_x.png')
})
