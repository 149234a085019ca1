// SPDX-License-Identifier: MIT
// expect: CS0518 8
internal static class Case
{
    private static int Main() => 0;

    private static System.Collections.IEnumerable Numbers()
    {
        yield return 1;
    }
}
