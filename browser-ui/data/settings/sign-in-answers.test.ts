import { expect, it } from 'vitest'
import {
  audienceWords,
  callbackUrlFor,
  checkWords,
  issuerProblem,
  keepsSecret,
  providerWish,
  signInLinkFor,
  type ProviderDomain,
  type SpaceProvider,
} from './sign-in-answers.ts'

const domain = (name: string, isProven: boolean): ProviderDomain => ({
  domain: name,
  isProven,
  provenAtMs: isProven ? 1 : null,
  record: { name: `_throughline.${name}`, type: 'TXT', value: 'throughline-space=x' },
})
const kept: SpaceProvider = { issuer: 'https://id.example', clientId: 'us', name: 'Company', callbackUrl: '', domains: [] }
const typed = { name: ' Company ', issuer: ' https://id.example', clientId: 'us ', clientSecret: '' }

it('[PS32] a secret that is kept stays when its field is left empty, and is typed anew for another issuer or client', () => {
  const { name, issuer, clientId } = kept
  expect(providerWish(typed, kept)).toEqual({ name, issuer, clientId })
  expect(providerWish({ ...typed, clientSecret: ' s ' }, kept)).toEqual({ name, issuer, clientId, clientSecret: ' s ' })
  expect(keepsSecret({ ...typed, issuer: 'https://other.example' }, kept)).toBe(false)
  expect(providerWish({ ...typed, issuer: 'https://other.example' }, kept)).toBeUndefined()
  expect(providerWish({ ...typed, clientId: 'them' }, kept)).toBeUndefined()
  expect(providerWish(typed, undefined)).toBeUndefined()
  expect(providerWish({ ...typed, name: ' ', clientSecret: 's' }, undefined)).toBeUndefined()
})

it('[PS32] an issuer that the cloud would refuse is told before it is sent', () => {
  const good = ['https://id.example', ' https://id.example/realms/a ', 'http://127.0.0.1:9000']
  expect(good.map(issuerProblem)).toEqual(['', '', ''])
  const bad = ['', 'id.example', 'javascript:alert(1)', 'https://a:b@id.example', 'https://id.example/?a', 'https://id.example/#a']
  expect(bad.filter((text) => issuerProblem(text) === '')).toEqual([])
})

it('[PS32] the page says who can sign in with the provider, and what a check found', () => {
  expect(audienceWords({ domains: [] })).toMatch(/^Nobody yet\. Name a domain/u)
  expect(audienceWords({ domains: [domain('a.example', false)] })).toBe('Nobody yet. No domain is proven.')
  expect(audienceWords({ domains: [domain('a.example', true), domain('b.example', false), domain('c.example', true)] })).toBe(
    'People of this space, and people invited to it, whose address ends with @a.example or @c.example.',
  )
  expect(checkWords('a.example', true)).toBe('a.example is proven.')
  expect(checkWords('a.example', false)).toMatch(/does not have the record of a\.example yet/u)
})

it('[PS32] the addresses to copy are of this cloud and this space, and let nothing else in', () => {
  expect(callbackUrlFor('https://t.example', 's1')).toBe('https://t.example/api/throughline/v1/sign-in/callback/space-s1')
  expect(signInLinkFor('https://t.example', 's1&x=<b>')).toBe('https://t.example/sign-in?space=s1%26x%3D%3Cb%3E')
})
