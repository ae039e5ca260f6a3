/** The version this agent announces; a test keeps it equal to package.json. */
export const agentVersion = '0.1.0'
