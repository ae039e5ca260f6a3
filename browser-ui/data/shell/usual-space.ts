interface SpacesOfPerson<Space> {
  readonly space: { readonly spaceId: string } | null
  readonly spaces: readonly Space[]
}

/**
 * The space meant by an address that names none: the one looked at last for the front page, the usual one for every other, so that
 * old links go on to lead where they did. Undefined for somebody in no space.
 */
export function usualSpace<Space extends { readonly spaceId: string }>(
  { space, spaces }: SpacesOfPerson<Space>,
  path: string,
  lastSpaceId: string | undefined,
): Space | undefined {
  const of = (spaceId: string | undefined) => spaces.find((candidate) => candidate.spaceId === spaceId)
  return (path === '/' ? of(lastSpaceId) : undefined) ?? of(space?.spaceId) ?? spaces[0]
}
