/** The version of this product: what the cloud answers and agent-link announces. A test keeps it equal to package.json. */
export const version = '0.1.0'
