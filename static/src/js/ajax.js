// A request of ours. That the server was not reached is told by problems.js, so it is nothing to reject.
export const ajax = (verb, url, options) => window.htmx.ajax(verb, url, options).catch(() => {});
