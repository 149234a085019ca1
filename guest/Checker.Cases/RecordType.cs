// expect: CS0518 3
// SPDX-License-Identifier: MIT
internal sealed record Point(int X, int Y);

internal static class Case
{
    private static int Main() => new Point(1, 2).X;
}
