// SPDX-License-Identifier: MIT
namespace System;

/// <summary>What <c>ldtoken</c> of a method gives; nothing uses it.</summary>
public readonly struct RuntimeMethodHandle;
