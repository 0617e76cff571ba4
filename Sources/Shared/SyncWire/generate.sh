#!/usr/bin/env bash
# Writes ruhu.pb.swift from ruhu.proto. Needs protoc (Debian: protobuf-compiler) and the plugin of swift-protobuf's own
# checkout: swift build -c release --product protoc-gen-swift; its path is the argument.
set -euo pipefail
cd "$(dirname "$0")"
plugin=${1:?path of protoc-gen-swift}
protoc --plugin=protoc-gen-swift="$plugin" --swift_opt=Visibility=Package --swift_opt=UseAccessLevelOnImports=true \
    --swift_out=. ruhu.proto
