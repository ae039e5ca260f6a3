import type { ReactNode } from 'react'
import { icons, logo } from '../../ui/look/icons.tsx'
import { ThemeMenu } from '../../ui/look/theme-menu.tsx'
import './sign-in.css'

/** What the pages of coming in and going out have around them: the card in the middle, and nothing that needs a session. */
export function SignInFrame({ children }: { readonly children: ReactNode }) {
  return (
    <main className="sign-in" id="content" tabIndex={-1}>
      <div className="sign-in-tools">
        <ThemeMenu />
      </div>
      <svg className="sign-in-lines" viewBox="0 0 1440 400" preserveAspectRatio="none" aria-hidden="true">
        <path d="M0 260 C 320 260 380 120 720 120 S 1120 300 1440 200" />
        <path d="M0 290 C 340 290 400 140 720 140 S 1100 330 1440 250" />
        <path d="M0 230 C 300 230 360 100 720 100 S 1140 270 1440 150" />
      </svg>
      <section className="sign-in-card">
        <p className="sign-in-brand">{logo} Throughline</p>
        <p className="sign-in-tag">Your metrics pass through. Nothing stays.</p>
        {children}
      </section>
    </main>
  )
}

/** Something that did not work, in words that say what to do. */
export function FormError({ title, children, id }: { readonly title?: string; readonly children: ReactNode; readonly id?: string }) {
  return (
    <p className="form-error" role="alert" id={id}>
      {icons.warning}
      <span>
        {title === undefined ? null : <strong>{title} </strong>}
        {children}
      </span>
    </p>
  )
}
