#!/usr/bin/env bash
# Writes ruhu.pb.swift from ruhu.proto. Needs protoc (Debian: protobuf-compiler) and the plugin of swift-protobuf's own
# checkout: swift build -c release --product protoc-gen-swift; its path is the argument.
set -euo pipefail
cd "$(dirname "$0")"
plugin=${1:?path of protoc-gen-swift}
protoc --plugin=protoc-gen-swift="$plugin" --swift_opt=Visibility=Package --swift_opt=UseAccessLevelOnImports=true \
    --swift_out=. ruhu.proto
# The plugin keeps large messages in a class behind copy-on-write and vouches for it; say so where it does.
reason="// Unchecked by the plugin: its storage is copied before a write while it is shared (_uniqueStorage)."
sed -i "s|^package nonisolated struct .*: @unchecked Sendable {|$reason\n&|" ruhu.pb.swift
