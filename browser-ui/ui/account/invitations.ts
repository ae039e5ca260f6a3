import { useMutation } from '@tanstack/react-query'
import type { MyInvitation } from '../../link/api.ts'
import { useServices } from '../services.ts'
import { toasts } from '../messages/toasts.ts'

/** Accepts or declines an invitation; what follows is told in a message, and the person's spaces are read again. */
export function useInvitationAnswer(onAccepted: (invitation: MyInvitation) => void) {
  const { personal } = useServices()
  return useMutation(
    {
      mutationFn: async ({ invitation, isAccepted }: { readonly invitation: MyInvitation; readonly isAccepted: boolean }) => {
        const { spaceId, invitationId } = invitation
        const path = `/invitations/${encodeURIComponent(spaceId)}/${encodeURIComponent(invitationId)}`
        await personal.request.post(`${path}/${isAccepted ? 'accept' : 'decline'}`)
        await personal.client.invalidateQueries({ queryKey: ['me'] })
      },
      onSuccess: (_, { invitation, isAccepted }) => {
        toasts.show({ tone: 'good', text: isAccepted ? `You are in “${invitation.name}” now.` : `You declined “${invitation.name}”.` })
        if (isAccepted) onAccepted(invitation)
      },
      onError: async (error) => {
        toasts.show({ tone: 'error', text: error.message })
        await personal.client.invalidateQueries({ queryKey: ['me'] })
      },
    },
    personal.client,
  )
}
