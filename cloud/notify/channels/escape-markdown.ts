/** Text that stays text in the Markdown of Discord, where every sign may be escaped. */
export const escapeDiscord = (text: string) => text.replaceAll(/[\\`*_~|<>#[\](){}!+:-]/g, '\\$&')

/** The same for Mattermost, which knows fewer escapes; `@name` calls nobody with a space without width behind the sign. */
export const escapeMattermost = (text: string) => text.replaceAll(/[\\`*_~|>#[\](){}!+-]/g, '\\$&').replaceAll('@', '@\u200b')

/** The same for Rocket.Chat, where four signs can be escaped; links, people and channels are taken apart by a space without width. */
export const escapeRocketChat = (text: string) =>
  text
    .replaceAll(/[*_~`]/g, '\\$&')
    .replaceAll('](', ']\u200b(')
    .replaceAll(/[@#]/g, '$&\u200b')
