// SPDX-License-Identifier: MIT
// expect: CS0518 3
internal sealed record Point(int X, int Y);

internal static class Case
{
    private static int Main() => new Point(1, 2).X;
}
