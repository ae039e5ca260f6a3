import type { RoomRow } from '../../data/settings/space-answers.ts'
import './room-choice.css'

/** Some of the rooms, chosen by ticking. */
export function RoomChoice({
  legend,
  note,
  rooms,
  chosen,
  onChoose,
}: {
  readonly legend: string
  readonly note: string
  readonly rooms: readonly Pick<RoomRow, 'roomId' | 'name'>[]
  readonly chosen: readonly string[]
  readonly onChoose: (roomIds: readonly string[]) => void
}) {
  return (
    <fieldset className="room-choice">
      <legend>{legend}</legend>
      <p className="room-choice-note">{note}</p>
      <div className="room-choice-list">
        {rooms.map(({ roomId, name }) => (
          <label key={roomId} className="room-option">
            <input
              type="checkbox"
              checked={chosen.includes(roomId)}
              onChange={(event) => onChoose(event.target.checked ? [...chosen, roomId] : chosen.filter((id) => id !== roomId))}
            />
            <span title={name}>{name}</span>
          </label>
        ))}
      </div>
    </fieldset>
  )
}
