import type { SpaceId } from '../../src/domain/ids.ts'
import type { PersonCaller } from '../identity/ports.ts'

/** The spaces of a person that this proof reaches: one only, if a space's own provider proved it (L6), all otherwise. */
export function placesInReach<Place extends { readonly spaceId: SpaceId }>(
  { onlySpaceId }: Pick<PersonCaller, 'onlySpaceId'>,
  places: readonly Place[],
): readonly Place[] {
  return onlySpaceId === undefined ? places : places.filter(({ spaceId }) => spaceId === onlySpaceId)
}
