import { startMarkedAgent } from '../../../src/compose/canary/marked-agent.ts'

/** Texts to look for: values that must stay nowhere, and definitions that must be found again. */
export const markers = {
  /** A metric value, in every answer about data. */
  liveValue: '8675309.4242421',
  /** The value of an alert, in every answer about alerts. */
  alertValue: '7755331.1919191',
  /** Planted in metadata as the control: a host name and the title of a context. */
  hostname: 'control-host-2fd1c7',
  contextTitle: 'Control title 91ab3e',
} as const

/** The agent of the proof by canaries, with markers that a test knows beforehand. */
export const startMarkerSource = (): Promise<{ readonly url: string; stop(): Promise<void> }> =>
  startMarkedAgent({
    hostname: markers.hostname,
    machineGuid: '3f0e9b2a-2f5c-4f0a-9a51-0c6f4b1d7e11',
    contextTitle: markers.contextTitle,
    liveMarkers: [markers.liveValue],
    alertMarkers: [markers.alertValue],
  })
