-- Sends the lines of a file as bodies, in turn, and prints what came back as JSON.

local requests = {}
local next = 0

function init(args)
  wrk.method = "POST"
  wrk.headers["content-type"] = "application/json"
  for body in io.lines(args[1]) do
    requests[#requests + 1] = wrk.format(nil, nil, nil, body)
  end
end

function request()
  next = next % #requests + 1
  return requests[next]
end

function done(summary, latency)
  local errors = summary.errors
  local broken = errors.connect + errors.read + errors.write + errors.timeout
  io.write(string.format(
    '\n{"answers":%d,"failures":%d,"seconds":%.6f,"p50Ms":%.3f,"p99Ms":%.3f}',
    summary.requests - errors.status, errors.status + broken, summary.duration / 1e6,
    latency:percentile(50) / 1e3, latency:percentile(99) / 1e3
  ))
end
