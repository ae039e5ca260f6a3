/** JSON as it was parsed. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json }
export type JsonObject = { readonly [key: string]: Json }

export const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
export const isList = (value: Json | undefined): value is readonly Json[] => Array.isArray(value)

/** A copy in which every text went through `change`; what names members stays. As deep as JSON was parsed. */
export function mapTexts(value: Json, change: (text: string) => string): Json {
  if (typeof value === 'string') return change(value)
  if (isList(value)) return value.map((each) => mapTexts(each, change))
  if (isObject(value)) return mapEntries(value, (key, each) => [key, mapTexts(each, change)])
  return value
}

/** A copy with other entries; a member called `__proto__` is a member like others. */
export function mapEntries(value: JsonObject, change: (key: string, value: Json) => readonly [string, Json] | undefined): JsonObject {
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, each]) => {
      const changed = change(key, each)
      return changed === undefined ? [] : [changed]
    }),
  )
}
