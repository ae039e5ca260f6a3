import { channelOptions, optionWords, type ChannelOption } from '../../data/settings/channel-answers.ts'
import './notice-options.css'
import './room-choice.css'

/** What somebody wants to be told of, chosen by ticking; in the order of the table, whatever was ticked first. */
export function NoticeOptions({
  legend,
  chosen,
  onChoose,
}: {
  readonly legend: string
  readonly chosen: readonly ChannelOption[]
  readonly onChoose: (options: readonly ChannelOption[]) => void
}) {
  return (
    <fieldset className="notice-options">
      <legend>{legend}</legend>
      {channelOptions.map((option) => (
        <label key={option} className="room-option">
          <input
            type="checkbox"
            checked={chosen.includes(option)}
            onChange={(event) =>
              onChoose(channelOptions.filter((each) => (each === option ? event.target.checked : chosen.includes(each))))
            }
          />
          <span>{optionWords[option]}</span>
        </label>
      ))}
    </fieldset>
  )
}
