// SPDX-License-Identifier: MIT
namespace System.Runtime.CompilerServices;

/// <summary>What <see langword="volatile"/> becomes.</summary>
public static class IsVolatile;
