// expect: CS0518 8
// SPDX-License-Identifier: MIT
internal static class Case
{
    private static int Main() => 0;

    private static async void Later()
    {
    }
}
