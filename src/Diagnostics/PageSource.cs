// SPDX-License-Identifier: MIT
using System;

namespace Denali.Diagnostics;

/// <summary>Reads a page of a VM's memory.</summary>
/// <param name="page">Its number, counted from address 0.</param>
/// <param name="contents">The page.</param>
/// <returns>False if it is all zeros.</returns>
public delegate bool PageSource(uint page, out ReadOnlySpan<byte> contents);
