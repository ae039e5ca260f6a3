import { useSpaceDetails } from '../../ui/spaces/space-details.ts'

/** Whether this person may change alert configuration in this space. */
export const useMayChangeAlerts = (): boolean => useSpaceDetails().may('alerts.change-config')
