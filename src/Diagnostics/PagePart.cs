// SPDX-License-Identifier: MIT
namespace Denali.Diagnostics;

/// <summary>Something that lies in a page, in whole or in part.</summary>
/// <param name="Name">The static, the type of the object or the ring. Visible ASCII.</param>
/// <param name="Bytes">How much of the page belongs to it, of what differs there: a multiple of 8.</param>
public sealed record PagePart(string Name, int Bytes);
