// SPDX-License-Identifier: MIT
using System;

namespace Denali.Diagnostics;

/// <summary>A file name of the line table, not yet decoded.</summary>
/// <param name="Directory">Bytes of its directory, possibly none.</param>
/// <param name="Name">Bytes of its name.</param>
internal readonly record struct LineFile(ReadOnlyMemory<byte> Directory, ReadOnlyMemory<byte> Name);
