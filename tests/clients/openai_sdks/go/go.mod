module calls

go 1.24.0

// Not the newest: v3.99 takes four times as long to compile, over a minute.
require github.com/openai/openai-go/v3 v3.30.0

require (
	github.com/tidwall/gjson v1.18.0 // indirect
	github.com/tidwall/match v1.1.1 // indirect
	github.com/tidwall/pretty v1.2.1 // indirect
	github.com/tidwall/sjson v1.2.5 // indirect
)
