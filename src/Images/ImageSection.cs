// SPDX-License-Identifier: MIT
using System;

namespace Denali.Images;

/// <summary>A section of the file, for symbols and debug information. Nothing about it matters to the running guest.
/// </summary>
/// <param name="Address">Guest address of the first byte, or 0 for a section that is not loaded. Not trusted.</param>
/// <param name="Bytes">The section's bytes in the file. Not trusted.</param>
public readonly record struct ImageSection(ulong Address, ReadOnlyMemory<byte> Bytes);
