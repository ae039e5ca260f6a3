import type { ItemKey } from '../store/port.ts'

/** Where the mirror keeps what it has to remember. */
export const mirrorPartition = 'mirror'
export const deadLetterPrefix = 'dead/'
export const cursorKey = (sink: string, logId: string): ItemKey => ({ partition: mirrorPartition, sort: `cursor/${sink}/${logId}` })
export const deadLetterKey = (letterId: string): ItemKey => ({ partition: mirrorPartition, sort: `${deadLetterPrefix}${letterId}` })
