// SPDX-License-Identifier: MIT
namespace System.Runtime.CompilerServices;

/// <summary>What <see langword="init"/> becomes.</summary>
public static class IsExternalInit;
