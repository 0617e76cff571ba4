#!/bin/sh
# Writes ruhu.pb.swift from ruhu.proto. Needs protoc, and protoc-gen-swift of the version in Package.resolved
# (build it in a copy of swift-protobuf's checkout: swift build -c release --product protoc-gen-swift).
# Usage: generate.sh [path of protoc-gen-swift]
set -eu
cd "$(dirname "$0")"
plugin=${1:-$(command -v protoc-gen-swift)}
protoc --plugin=protoc-gen-swift="$plugin" --swift_opt=Visibility=Package --swift_opt=UseAccessLevelOnImports=true \
    --swift_out=. ruhu.proto
