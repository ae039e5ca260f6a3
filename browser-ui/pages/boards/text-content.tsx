import { memo, type ReactNode } from 'react'
import { parseMarkup, type Block, type Inline } from '../../data/boards/markup.ts'

/** A text of a board as elements; there is no way from it to HTML. */
export const TextContent = memo(function TextContent({ text }: { readonly text: string }) {
  const blocks = parseMarkup(text)
  if (blocks.length === 0) return <p className="board-text is-empty">This text is empty.</p>
  return (
    <div className="board-text">
      {blocks.map((block, index) => (
        <BlockView key={index} block={block} />
      ))}
    </div>
  )
})

function BlockView({ block }: { readonly block: Block }): ReactNode {
  if (block.kind === 'heading') {
    // The page has its h1 already.
    const Heading = ({ 1: 'h2', 2: 'h3', 3: 'h4' } as const)[block.level]
    return (
      <Heading>
        <Words content={block.content} />
      </Heading>
    )
  }
  if (block.kind === 'paragraph') {
    return (
      <p>
        {block.lines.map((line, index) => (
          <span key={index}>
            {index === 0 ? null : <br />}
            <Words content={line} />
          </span>
        ))}
      </p>
    )
  }
  const List = block.kind === 'bullets' ? 'ul' : 'ol'
  return (
    <List>
      {block.lines.map((line, index) => (
        <li key={index}>
          <Words content={line} />
        </li>
      ))}
    </List>
  )
}

function Words({ content }: { readonly content: readonly Inline[] }): ReactNode {
  return content.map((part, index) =>
    part.kind === 'link' ? (
      <a key={index} href={part.href} target="_blank" rel="noopener noreferrer" title={part.href}>
        {part.text}
      </a>
    ) : part.kind === 'bold' ? (
      <strong key={index}>{part.text}</strong>
    ) : (
      part.text
    ),
  )
}
