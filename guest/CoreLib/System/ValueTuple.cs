// SPDX-License-Identifier: MIT
namespace System;

/// <summary>What the empty tuple becomes.</summary>
public struct ValueTuple;
