export { isObject, listOf, objectOf } from '../../src/support/json.ts'
